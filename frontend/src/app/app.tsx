import { useQuery } from "@tanstack/react-query";
import { Navigate, Outlet, Route, Routes, useLocation } from "react-router";
import { ApiError } from "../shared/api/client";
import { ME, type Me, MeContext } from "../shared/api/session";
import { onDemand } from "../shared/ui/on-demand";
import { Failure, Waiting } from "../shared/ui/parts";
import { applicationRoutes, installedApplications } from "./applications";
import { MOVED, ROUTES } from "./routes";
import { Shell, withPageTexts } from "./shell/on-demand-shell";

const Entrance = withPageTexts(async () => (await import("../shared/ui/theme/themed")).Themed);
const SignIn = onDemand(async () => (await import("../features/signin/sign-in")).SignIn, <Waiting />);
const InvitationPage = onDemand(
  async () => (await import("../features/signin/invitation-page")).InvitationPage,
  <Waiting />,
);

const PasswordResetPage = onDemand(
  async () => (await import("../features/signin/password-reset-page")).PasswordResetPage,
  <Waiting />,
);

const NotFound = onDemand(async () => (await import("./not-found")).NotFound, <Waiting />);

const FollowPreferences = onDemand(async () => (await import("./follow-preferences")).FollowPreferences);

/** Where work begins, for the first of these scopes that the person has. */
const HOMES: [scope: string, page: string][] = [
  ["members.write", "/overview"],
  ["projects.write", "/projects"],
  ["models.write", "/models"],
  ["labels.review", "/review"],
  ["labels.write", "/label"],
  ["contracts.read", "/overview"],
];

function homeOf(me: Me): string {
  if (me.restriction_reason) return "/settings/security";
  return HOMES.find(([scope]) => me.scopes.includes(scope))?.[1] ?? "/label";
}

export function App() {
  const { pathname } = useLocation();
  const me = useQuery(ME);
  const moved = newAddress(pathname);
  if (moved) return <Navigate to={moved + location.search + location.hash} replace />;
  if (pathname.startsWith("/invitations/") || pathname === "/password-reset")
    return (
      <Entrance>
        <Routes>
          <Route path="/invitations/:uid/:token" element={<InvitationPage />} />
          <Route path="/password-reset" element={<PasswordResetPage />} />
          <Route path="*" element={<Navigate to="/" replace />} />
        </Routes>
      </Entrance>
    );
  if (me.isPending) return <Waiting />;
  if (me.error instanceof ApiError && me.error.status === 401)
    return (
      <Entrance>
        <SignIn />
      </Entrance>
    );
  if (me.error) return <Failure error={me.error} again={() => void me.refetch()} />;
  const routes = (isFullScreen: boolean) =>
    ROUTES.filter((route) => route.isFullScreen === isFullScreen).map(({ path, Page: Content }) => (
      <Route key={path} path={path} element={<Content />} />
    ));
  return (
    <MeContext value={me.data}>
      <FollowPreferences me={me.data} />
      <Routes>
        {routes(true)}
        <Route
          element={
            <Shell>
              <Outlet />
            </Shell>
          }
        >
          <Route path="/" element={<Navigate to={homeOf(me.data)} replace />} />
          {routes(false)}
          {applicationRoutes(installedApplications(me.data))}
          <Route path="*" element={<NotFound />} />
        </Route>
      </Routes>
    </MeContext>
  );
}

/** Where the page at this address is now; nothing where it has not moved. */
function newAddress(pathname: string): string | undefined {
  const move = MOVED.find(([from]) => pathname === from || pathname.startsWith(`${from}/`));
  return move && move[1] + pathname.slice(move[0].length);
}
