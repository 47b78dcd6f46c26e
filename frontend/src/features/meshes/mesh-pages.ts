/** One chunk of the build: it is loaded where somebody opens the application. */
export { ShapePage } from "./shape-page";
export { ShapesPage } from "./shapes-page";
