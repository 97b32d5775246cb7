/** The entry of `/pulse.js`: tracker and forms in one file. */
import "./tracker";
import "./form";
