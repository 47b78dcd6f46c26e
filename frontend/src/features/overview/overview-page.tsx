import { useMe } from "../../shared/api/session";
import { isCustomer } from "../../shared/ui/contract-sentence";
import { CustomerHome } from "./customer-home";
import { StaffHome } from "./staff-home";

/** Where a person's day begins: a customer's contracts, or everything that runs, hangs or is at risk. */
export function OverviewPage() {
  const Home = isCustomer(useMe()) ? CustomerHome : StaffHome;
  return <Home />;
}
