/** Noto Sans JP in parts of some hundred characters: a browser fetches those that a page has. */
import "@fontsource-variable/noto-sans-jp/wght.css";
