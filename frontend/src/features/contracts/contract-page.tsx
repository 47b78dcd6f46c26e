import { useLingui } from "@lingui/react";
import { Alert, Button, Group, Modal, Skeleton, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconCheck,
  IconFileTypePdf,
  IconHourglass,
  IconMinus,
  IconPrinter,
  IconSignature,
  IconX,
} from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useParams } from "react-router";
import { api, ifMatch, type Schemas, unwrap } from "../../shared/api/client";
import { projectQuery } from "../../shared/api/projects";
import { useMay, useMe } from "../../shared/api/session";
import { contractSentence, partyOf } from "../../shared/ui/contract-sentence";
import { ContractState } from "../../shared/ui/contract-state";
import { ErrorAlert, toast } from "../../shared/ui/feedback";
import { moment } from "../../shared/ui/numbers";
import { onDemand } from "../../shared/ui/on-demand";
import { Page } from "../../shared/ui/parts";
import { AgreedTerms } from "./agreed-terms";
import { Evaluations } from "./evaluations";
import type { Terms } from "./sample-size-table";
import { Signatures, SignButton } from "./signatures";
import type { Draft } from "./terms-form";

const TermsForm = onDemand(async () => (await import("./terms-form")).TermsForm, <Skeleton height={320} />);

type Contract = Schemas["ContractOut"];

/** One contract: where it stands, terms, signatures, evaluations; printable as it stands, and as PDF. */
export function ContractPage() {
  const { i18n } = useLingui();
  const id = Number(useParams().contractId);
  const queries = useQueryClient();
  const me = useMe();
  const mayWrite = useMay("contracts.write");
  const [isEditing, editor] = useDisclosure(false);
  const contract = useQuery({
    queryKey: ["contract", id],
    queryFn: () =>
      unwrap(api.GET("/api/v1/contracts/{contract_id}/", { params: { path: { contract_id: id } } })),
    refetchInterval: (query) =>
      query.state.data?.evaluations.some(({ job }) => ["queued", "running"].includes(job.state))
        ? 1000
        : 15_000,
  });
  const crumbs: [string, string][] = [["/contracts", i18n._("Contracts")]];
  if (contract.error)
    return (
      <Page title={i18n._("Contract")} crumbs={crumbs}>
        <ErrorAlert error={contract.error} retry={() => void contract.refetch()} />
      </Page>
    );
  if (!contract.data)
    return (
      <Page title={i18n._("Contract")} crumbs={crumbs}>
        <Stack role="status" aria-label={i18n._("Loading…")}>
          <Skeleton height={64} />
          <Skeleton height={120} />
          <Skeleton height={180} />
        </Stack>
      </Page>
    );
  const row = contract.data;
  const keep = (made: Contract) => {
    queries.setQueryData(["contract", id], made);
    void queries.invalidateQueries({ queryKey: ["contracts"] });
  };
  const { text, tone } = contractSentence(i18n, row, partyOf(me));
  const looks = {
    act: ["blue", IconSignature],
    wait: ["gray", IconHourglass],
    good: ["green", IconCheck],
    bad: ["red", IconX],
    ended: ["gray", IconMinus],
  } as const;
  const [color, Icon] = looks[tone];
  const language = i18n.locale.startsWith("ja") ? "ja" : "en";
  return (
    <Page
      title={row.title}
      crumbs={crumbs}
      badge={<ContractState state={row.state} />}
      lead={
        <>
          <Link to={`/projects/${row.project_id}`}>{row.project}</Link>
          {" · "}
          {i18n._("created by {name}, {moment}", {
            name: row.created_by,
            moment: moment(row.created_at, i18n.locale),
          })}
        </>
      }
      actions={
        <Group gap="xs" className="no-print">
          <Button
            variant="default"
            leftSection={<IconPrinter size={16} aria-hidden />}
            onClick={() => window.print()}
          >
            {i18n._("Print")}
          </Button>
          <Button
            variant="default"
            component="a"
            href={`/api/v1/contracts/${row.id}/report/?lang=${language}`}
            leftSection={<IconFileTypePdf size={16} aria-hidden />}
          >
            {i18n._("Report as PDF")}
          </Button>
        </Group>
      }
    >
      <Stack gap="lg">
        <Alert variant="light" color={color} icon={<Icon aria-hidden />} role="status">
          <Group justify="space-between">
            <Text fw={650}>{text}</Text>
            <SignButton contract={row} onSigned={keep} />
          </Group>
        </Alert>
        {isEditing ? (
          <EditTerms contract={row} onSaved={keep} close={editor.close} />
        ) : (
          <AgreedTerms contract={row} />
        )}
        <Signatures contract={row} />
        {["signed", "passed", "failed"].includes(row.state) && (
          <Evaluations contract={row} onChanged={keep} />
        )}
        {mayWrite && !isEditing && (row.state === "draft" || row.state === "signed") && (
          <Group className="no-print">
            {row.state === "draft" && (
              <Button variant="default" onClick={editor.open}>
                {i18n._("Edit terms")}
              </Button>
            )}
            <Withdraw contract={row} onWithdrawn={keep} />
          </Group>
        )}
      </Stack>
    </Page>
  );
}

function EditTerms({
  contract,
  onSaved,
  close,
}: {
  contract: Contract;
  onSaved: (made: Contract) => void;
  close: () => void;
}) {
  const { i18n } = useLingui();
  const [start] = useState(contract);
  const project = useQuery({
    ...projectQuery(contract.project_id),
  });
  const change = useMutation({
    mutationFn: (draft: Draft) =>
      unwrap(
        api.PUT("/api/v1/contracts/{contract_id}/", {
          params: { path: { contract_id: contract.id }, header: ifMatch(start) },
          body: draft,
        }),
      ),
    onSuccess: (made) => {
      toast(i18n, i18n._("Terms saved."));
      close();
      onSaved(made);
    },
  });
  if (project.error) return <ErrorAlert error={project.error} retry={() => void project.refetch()} />;
  if (!project.data) return <Skeleton height={320} />;
  return (
    <TermsForm
      project={project.data}
      initial={{
        title: contract.title,
        note: contract.note,
        terms: contract.terms as Terms,
        customer_ids: namedFor(contract, "customer"),
        maker_ids: namedFor(contract, "maker"),
      }}
      save={i18n._("Save terms")}
      warning={
        contract.signatures.length > 0
          ? i18n._("Saving removes the signatures given so far: they were given for the former terms.")
          : undefined
      }
      saving={change.isPending}
      error={change.error}
      onSave={(draft) => change.mutate(draft)}
      onCancel={close}
    />
  );
}

/** Whose signature counts for a party. */
function namedFor(contract: Contract, party: "customer" | "maker"): number[] {
  return contract.signers.filter((row) => row.party === party).map((row) => row.user_id);
}

/** Ends a contract without a verdict; asks for the reason, which stays on record. */
function Withdraw({ contract, onWithdrawn }: { contract: Contract; onWithdrawn: (made: Contract) => void }) {
  const { i18n } = useLingui();
  const [isOpen, dialog] = useDisclosure(false);
  const [reason, setReason] = useState("");
  const withdraw = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/contracts/{contract_id}/withdraw/", {
          params: { path: { contract_id: contract.id } },
          body: { reason },
        }),
      ),
    onSuccess: (made) => {
      dialog.close();
      toast(i18n, i18n._("Contract withdrawn."));
      onWithdrawn(made);
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    withdraw.mutate();
  };
  return (
    <>
      <Button variant="default" color="red" onClick={dialog.open}>
        {i18n._("Withdraw contract…")}
      </Button>
      <Modal
        opened={isOpen}
        onClose={dialog.close}
        title={i18n._("Withdraw “{contract}”?", { contract: contract.title })}
        withCloseButton={false}
      >
        <form onSubmit={send}>
          <Text size="sm" mb="sm">
            {i18n._("The contract ends without a verdict. It stays on record with your reason.")}
          </Text>
          <Textarea
            label={i18n._("Reason")}
            required
            maxLength={1000}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {withdraw.error && <ErrorAlert error={withdraw.error} />}
          <Group justify="flex-end" mt="lg">
            <Button variant="default" data-autofocus onClick={dialog.close}>
              {i18n._("Cancel")}
            </Button>
            <Button type="submit" color="red" disabled={reason.trim() === ""} loading={withdraw.isPending}>
              {i18n._("Withdraw contract")}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
