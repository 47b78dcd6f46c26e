import { useLingui } from "@lingui/react";
import { Page } from "../shared/ui/parts";

export function NotFound() {
  const { i18n } = useLingui();
  return (
    <Page title={i18n._("Not found")}>
      <p>{i18n._("There is no page at this address.")}</p>
    </Page>
  );
}
