import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useMe } from "../../shared/api/session";
import { isCustomer } from "../../shared/ui/contract-sentence";

const CustomerHome = lazy(async () => ({ default: (await import("./customer-home")).CustomerHome }));
const StaffHome = lazy(async () => ({ default: (await import("./staff-home")).StaffHome }));

/** Where a person's day begins: a customer's contracts, or everything that runs, hangs or is at risk. */
export function OverviewPage() {
  const Home = isCustomer(useMe()) ? CustomerHome : StaffHome;
  return (
    <Suspense fallback={<Skeleton height={320} m="lg" />}>
      <Home />
    </Suspense>
  );
}
