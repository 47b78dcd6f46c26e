import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense } from "react";
import { Navigate, Outlet, Route, Routes, useLocation } from "react-router";
import { ApiError } from "../shared/api/client";
import { ME, type Me, MeContext } from "../shared/api/session";
import { Failure, Waiting } from "../shared/ui/parts";
import { applicationRoutes, installedApplications } from "./applications";
import { MOVED, ROUTES } from "./routes";
import { Shell, withPageTexts } from "./shell-late";

const [Entrance] = withPageTexts(async () => (await import("../shared/ui/theme/themed")).Themed);
const SignIn = lazy(async () => ({ default: (await import("../features/signin/sign-in")).SignIn }));
const InvitationPage = lazy(async () => ({
  default: (await import("../features/signin/invitation-page")).InvitationPage,
}));

const PasswordResetPage = lazy(async () => ({
  default: (await import("../features/signin/password-reset-page")).PasswordResetPage,
}));

const NotFound = lazy(async () => ({ default: (await import("./not-found")).NotFound }));

const FollowPreferences = lazy(async () => ({
  default: (await import("./follow-preferences")).FollowPreferences,
}));

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
      <Loaded>
        <Entrance>
          <Routes>
            <Route path="/invitations/:uid/:token" element={<InvitationPage />} />
            <Route path="/password-reset" element={<PasswordResetPage />} />
            <Route path="*" element={<Navigate to="/" replace />} />
          </Routes>
        </Entrance>
      </Loaded>
    );
  if (me.isPending) return <Waiting />;
  if (me.error instanceof ApiError && me.error.status === 401)
    return (
      <Loaded>
        <Entrance>
          <SignIn />
        </Entrance>
      </Loaded>
    );
  if (me.error) return <Failure error={me.error} again={() => void me.refetch()} />;
  const routes = (isFullScreen: boolean) =>
    ROUTES.filter((route) => route.isFullScreen === isFullScreen).map(({ path, Page: Content }) => (
      <Route
        key={path}
        path={path}
        element={
          <Loaded>
            <Content />
          </Loaded>
        }
      />
    ));
  return (
    <MeContext value={me.data}>
      <Suspense>
        <FollowPreferences me={me.data} />
      </Suspense>
      <Routes>
        {routes(true)}
        <Route
          element={
            <Loaded>
              <Shell>
                <Outlet />
              </Shell>
            </Loaded>
          }
        >
          <Route path="/" element={<Navigate to={homeOf(me.data)} replace />} />
          {routes(false)}
          {applicationRoutes(installedApplications(me.data))}
          <Route
            path="*"
            element={
              <Loaded>
                <NotFound />
              </Loaded>
            }
          />
        </Route>
      </Routes>
    </MeContext>
  );
}

function Loaded({ children }: { children: ReactNode }) {
  return <Suspense fallback={<Waiting />}>{children}</Suspense>;
}

/** Where the page at this address is now; nothing where it has not moved. */
function newAddress(pathname: string): string | undefined {
  const move = MOVED.find(([from]) => pathname === from || pathname.startsWith(`${from}/`));
  return move && move[1] + pathname.slice(move[0].length);
}
