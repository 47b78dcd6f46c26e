import { useLingui } from "@lingui/react";
import { Button, Group, NumberInput, Skeleton, Stack, Switch, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { Page } from "../../shared/ui/parts";
import { Section } from "../../shared/ui/section";
import { SingleSignOnSection } from "./single-sign-on-section";

type Rules = Schemas["SecurityOut"];

/** The organization's sign-in rules and its identity provider. */
export function SecurityPage() {
  const { i18n } = useLingui();
  const queries = useQueryClient();
  const rules = useQuery({
    queryKey: ["security"],
    queryFn: () => unwrap(api.GET("/api/v1/organization/security/")),
  });
  const keep = (fresh: Rules) => queries.setQueryData(["security"], fresh);
  return (
    <Page
      title={i18n._("Sign-in & security")}
      lead={i18n._("These rules apply to all members of your organization.")}
    >
      {rules.isPending && <Skeleton height={360} maw={880} role="status" aria-label={i18n._("Loading…")} />}
      {rules.error && <ErrorAlert error={rules.error} retry={() => void rules.refetch()} />}
      {rules.data && (
        <>
          <RulesSection rules={rules.data} onChange={keep} />
          <SingleSignOnSection rules={rules.data} onChange={keep} />
        </>
      )}
    </Page>
  );
}

function RulesSection({ rules, onChange }: { rules: Rules; onChange: (fresh: Rules) => void }) {
  const { i18n } = useLingui();
  const [isFactorRequired, requireFactor] = useState(rules.require_second_factor);
  const [networks, setNetworks] = useState(rules.ip_allowlist.join("\n"));
  const [idle, setIdle] = useState<number | string>(rules.idle_hours);
  const [days, setDays] = useState<number | string>(rules.max_token_days);
  const save = useMutation({
    mutationFn: (body: Schemas["SecurityIn"]) =>
      unwrap(api.PUT("/api/v1/organization/security/", { params: { header: ifMatch(rules) }, body })),
    onSuccess: (fresh) => {
      onChange(fresh);
      toast(i18n, i18n._("Sign-in rules saved."));
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate({
      require_second_factor: isFactorRequired,
      ip_allowlist: networks.split(/[\s,]+/).filter((network) => network !== ""),
      idle_hours: Number(idle),
      max_token_days: Number(days),
    });
  };
  return (
    <Section title={i18n._("Sign-in rules")}>
      <form onSubmit={send}>
        <Stack gap="md">
          <Switch
            label={i18n._("Require 2FA")}
            description={i18n._(
              "{count, plural, =0 {All members have set up 2FA.} one {# member has not set up 2FA and can only open the security settings until then.} other {# members have not set up 2FA and can only open the security settings until then.}}",
              { count: rules.members_without_second_factor },
            )}
            checked={isFactorRequired}
            onChange={(event) => requireFactor(event.currentTarget.checked)}
          />
          <Textarea
            label={i18n._("IP allowlist (CIDR, one per line; empty allows all)")}
            description={i18n._("Applies to browsers, API tokens and MLflow. Your address is {address}.", {
              address: rules.your_ip_address,
            })}
            value={networks}
            onChange={(event) => setNetworks(event.currentTarget.value)}
            spellCheck={false}
            maw={480}
          />
          <Group align="flex-start">
            <NumberInput
              label={i18n._("Idle session timeout (hours)")}
              value={idle}
              onChange={setIdle}
              min={1}
              max={168}
              allowDecimal={false}
              required
              w={230}
            />
            <NumberInput
              label={i18n._("Maximum token lifetime (days)")}
              value={days}
              onChange={setDays}
              min={1}
              max={3650}
              allowDecimal={false}
              required
              w={230}
            />
          </Group>
          {save.error && <ErrorAlert error={save.error} />}
          <Group>
            <Button type="submit" loading={save.isPending}>
              {i18n._("Save sign-in rules")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
