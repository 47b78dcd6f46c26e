import { useLingui } from "@lingui/react";
import { Badge, Skeleton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { callAuthFlow } from "../../shared/api/auth-flows";
import { ErrorAlert } from "../../shared/ui/feedback";
import { Section } from "../../shared/ui/section";
import { AuthenticatorApp } from "./authenticator-app";
import { Passkeys } from "./passkeys";
import { PasswordSection } from "./password-section";
import { RecoveryCodes } from "./recovery-codes";
import { SessionsSection } from "./sessions-section";

export interface Factor {
  type: "totp" | "webauthn" | "recovery_codes";
  id?: number;
  name?: string;
  created_at: number;
  last_used_at: number | null;
  unused_code_count?: number;
}

/** Password, two-factor authentication and sessions of the person. */
export function SecurityTab() {
  return (
    <>
      <TwoFactorSection />
      <PasswordSection />
      <SessionsSection />
    </>
  );
}

function TwoFactorSection() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const factors = useQuery({
    queryKey: ["factors"],
    queryFn: async () => (await callAuthFlow("GET", "factors")).data as unknown as Factor[],
  });
  const refresh = async () => {
    await queries.invalidateQueries({ queryKey: ["factors"] });
    await queries.invalidateQueries({ queryKey: ["me"] });
  };
  const rows = factors.data ?? [];
  const isOn = rows.some(({ type }) => type !== "recovery_codes");
  return (
    <Section
      title={i18n._("Two-factor authentication (2FA)")}
      note={i18n._("Adds a second step at sign-in. Passkeys can replace your password.")}
      actions={
        factors.data && (
          <Badge color={isOn ? "green" : "gray"} variant="light">
            {isOn ? i18n._("On") : i18n._("Off")}
          </Badge>
        )
      }
    >
      {factors.isPending && <Skeleton height={120} role="status" aria-label={i18n._("Loading…")} />}
      {factors.error && <ErrorAlert error={factors.error} retry={() => void factors.refetch()} />}
      {factors.data && (
        <>
          <AuthenticatorApp factor={rows.find(({ type }) => type === "totp")} onChange={refresh} />
          <Passkeys rows={rows.filter(({ type }) => type === "webauthn")} onChange={refresh} />
          {isOn && (
            <RecoveryCodes
              left={rows.find(({ type }) => type === "recovery_codes")?.unused_code_count ?? 0}
              onChange={refresh}
            />
          )}
        </>
      )}
    </Section>
  );
}
