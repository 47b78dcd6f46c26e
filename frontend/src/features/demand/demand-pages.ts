/** One chunk of the build: it is loaded where somebody opens the application. */
export { AreaPage } from "./area-page";
export { AreasPage } from "./areas-page";
