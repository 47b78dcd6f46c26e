import { useLingui } from "@lingui/react";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { setNonce } from "get-nonce";
import { type ReactNode, useMemo, useSyncExternalStore } from "react";
import { colorScheme, subscribeToTheme } from "../theme";
import { mantineTheme } from "./mantine-theme";
import "./mantine.css";
import "./app.css";

setNonce(styleNonce()); // dialogs keep the page behind them from scrolling by a style sheet

/** Gives what is within Mantine's look in the theme that the person chose, and a place for toasts. */
export function Themed({ children }: { children: ReactNode }) {
  const scheme = useSyncExternalStore(subscribeToTheme, colorScheme);
  const { i18n } = useLingui();
  const close = i18n._("Close");
  const theme = useMemo(() => mantineTheme(close), [close]);
  return (
    <MantineProvider theme={theme} forceColorScheme={scheme} getStyleNonce={styleNonce}>
      {children}
      <Notifications position="bottom-right" containerWidth={420} limit={4} />
    </MantineProvider>
  );
}

/** The page's own number without which the browser takes no style sheet that a script makes. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
}
