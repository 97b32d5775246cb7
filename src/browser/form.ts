/** The entry of `/form.js`: what happens in the page's forms, told to the tracker, whichever of the two loads first. */
import { captureForms } from "./form/capture";

captureForms();
