import { useLingui } from "@lingui/react";
import { Button, Card, Group, SimpleGrid, Text, ThemeIcon, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCheck, IconHourglass } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMe } from "../../shared/api/session";
import { ConfirmDialog } from "../../shared/ui/confirm-button";
import type { Party } from "../../shared/ui/contract-sentence";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { moment } from "../../shared/ui/numbers";

type Contract = Schemas["ContractOut"];

/** Who signed for each side, and who is still to sign. */
export function Signatures({ contract }: { contract: Contract }) {
  const { i18n } = useLingui();
  const names: Record<Party, string> = { customer: i18n._("Customer"), maker: i18n._("Provider") };
  const named = (party: Party) =>
    contract.signers
      .filter((row) => row.party === party)
      .map((row) => row.name)
      .join(", ");
  return (
    <section>
      <Title order={2} mb="xs">
        {i18n._("Signatures")}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {(["customer", "maker"] as const).map((party) => {
          const signature = contract.signatures.find((row) => row.party === party);
          return (
            <Card key={party} withBorder padding="sm">
              <Group wrap="nowrap" align="flex-start">
                <ThemeIcon variant="light" radius="xl" color={signature ? "green" : "gray"}>
                  {signature ? <IconCheck size={18} aria-hidden /> : <IconHourglass size={18} aria-hidden />}
                </ThemeIcon>
                <div>
                  <Text size="xs" c="dimmed">
                    {names[party]}
                  </Text>
                  <Text fw={600}>{signature ? signature.name : i18n._("Not signed")}</Text>
                  <Text size="sm" c="dimmed">
                    {signature
                      ? moment(signature.signed_at, i18n.locale)
                      : contract.state === "draft" &&
                        (named(party)
                          ? i18n._("To sign: {names}", { names: named(party) })
                          : i18n._("Nobody is named. Edit the terms and select who signs."))}
                  </Text>
                </div>
              </Group>
            </Card>
          );
        })}
      </SimpleGrid>
    </section>
  );
}

/** The button for the one side that this person may sign for; nothing for everybody else. */
export function SignButton({
  contract,
  onSigned,
}: {
  contract: Contract;
  onSigned: (made: Contract) => void;
}) {
  const { i18n } = useLingui();
  const me = useMe();
  const [isOpen, dialog] = useDisclosure(false);
  const party = contract.signable_party as Party | null;
  const sign = useMutation({
    mutationFn: (by: Party) =>
      unwrap(
        api.POST("/api/v1/contracts/{contract_id}/sign/", {
          params: { path: { contract_id: contract.id } },
          body: { party: by, terms_hash: contract.terms_hash },
        }),
      ),
    onSuccess: (made) => {
      toast(i18n, made.state === "signed" ? i18n._("Signed. The contract is in force.") : i18n._("Signed."));
      onSigned(made);
    },
  });
  if (party === null) return null;
  const isLast = contract.signatures.length > 0;
  const title = party === "customer" ? i18n._("Sign as customer") : i18n._("Sign as provider");
  return (
    <>
      <Button onClick={dialog.open} loading={sign.isPending}>
        {title}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        close={dialog.close}
        title={
          party === "customer"
            ? i18n._("Sign “{contract}” as customer?", { contract: contract.title })
            : i18n._("Sign “{contract}” as provider?", { contract: contract.title })
        }
        consequence={
          isLast
            ? i18n._("You sign as {name}. The contract is then in force, and its terms cannot be changed.", {
                name: me.name,
              })
            : i18n._("You sign as {name}. The contract is in force once the other side has signed too.", {
                name: me.name,
              })
        }
        confirm={i18n._("Sign")}
        isDestructive={false}
        onConfirm={() => sign.mutate(party)}
      />
      {sign.error && <ErrorAlert error={sign.error} />}
    </>
  );
}
