/** One chunk of the build: it is loaded where somebody opens the application. */
export { CollectionPage } from "./collection-page";
export { CollectionsPage } from "./collections-page";
