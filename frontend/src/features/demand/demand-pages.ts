/** One chunk of the build: it is loaded where somebody opens the application. */
export { ServiceAreaPage } from "./service-area-page";
export { ServiceAreasPage } from "./service-areas-page";
