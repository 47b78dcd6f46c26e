import { useLingui } from "@lingui/react";
import { Alert, Button, Card, Code, Group, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconShieldCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "../../shared/api/client";
import { CopyButton } from "../../shared/ui/copy-button";
import { ErrorAlert } from "../../shared/ui/feedback";

/** Computes every digest of the log again. */
export function Integrity() {
  const { i18n } = useLingui();
  const outcome = useQuery({
    queryKey: ["audit-check"],
    queryFn: async () => {
      let step = await unwrap(api.GET("/api/v1/audit-log/check/"));
      while (step.next !== null && step.broken_at === null)
        step = await unwrap(api.GET("/api/v1/audit-log/check/", { params: { query: { after: step.next } } }));
      return step;
    },
    enabled: false,
  });
  return (
    <Card withBorder mb="md" component="section" maw={960}>
      <Group justify="space-between">
        <div style={{ flex: "1 1 320px" }}>
          <Title order={2}>{i18n._("Verify log integrity")}</Title>
          <Text size="sm" c="dimmed">
            {i18n._(
              "Each seal covers its event and the previous seal. Keep the last digest elsewhere to detect later changes.",
            )}
          </Text>
        </div>
        <Button variant="default" onClick={() => void outcome.refetch()} loading={outcome.isFetching}>
          {i18n._("Verify")}
        </Button>
      </Group>
      {outcome.error && <ErrorAlert error={outcome.error} retry={() => void outcome.refetch()} />}
      {outcome.data &&
        (outcome.data.broken_at === null ? (
          <Alert role="status" color="green" variant="light" mt="sm" icon={<IconShieldCheck aria-hidden />}>
            <Text size="sm">
              {i18n._(
                "{count, plural, =0 {The log is empty.} one {# event verified: the log is unchanged.} other {# events verified: the log is unchanged.}}",
                { count: outcome.data.events },
              )}
            </Text>
            {outcome.data.head && (
              <Group gap="xs" mt={6}>
                <Text size="sm">{i18n._("Last digest")}</Text>
                <Code style={{ overflowWrap: "anywhere" }}>{outcome.data.head}</Code>
                <CopyButton text={outcome.data.head} label={i18n._("Copy digest")} />
              </Group>
            )}
          </Alert>
        ) : (
          <Alert color="red" variant="light" mt="sm" icon={<IconAlertTriangle aria-hidden />}>
            {i18n._("The log was changed: seal {number} does not match ({reason}).", {
              number: outcome.data.broken_at,
              reason: outcome.data.reason,
            })}
          </Alert>
        ))}
    </Card>
  );
}
