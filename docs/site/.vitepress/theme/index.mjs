// VitePress's own theme, with the fonts that the reader's system has: nothing is fetched for them.
import Theme from "vitepress/theme-without-fonts";
import "./style.css";

export default Theme;
