import { useLingui } from "@lingui/react";
import { Button, Group, Select, Table, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { ConfirmDialog } from "../../shared/ui/confirm-button";
import { submissionCost } from "../../shared/ui/contract-sentence";
import { ContractState } from "../../shared/ui/contract-state";
import { EmptyState, ErrorAlert, toast } from "../../shared/ui/feedback";
import { count, moment } from "../../shared/ui/numbers";
import { JobLine } from "../../shared/ui/parts";
import { ContractErrors, type EvaluationResult, EvaluationTable } from "./evaluation-table";
import { Verdict } from "./verdict";

type Contract = Schemas["ContractOut"];

/** Every evaluation of a model by the contract, the newest result first and in full. */
export function Evaluations({
  contract,
  onChanged,
}: {
  contract: Contract;
  onChanged: (made: Contract) => void;
}) {
  const { i18n } = useLingui();
  const mayRun = useMay("contracts.write") && contract.state === "signed";
  const evaluated = contract.evaluations.find((row) => row.verdict !== "");
  const result = evaluated?.result as unknown as EvaluationResult | undefined;
  return (
    <section>
      <Title order={2} mb="xs">
        {i18n._("Evaluations")}
      </Title>
      {mayRun && <AcceptanceTest contract={contract} onChanged={onChanged} />}
      {contract.evaluations.length === 0 && !mayRun && (
        <EmptyState title={i18n._("Not evaluated yet")}>
          {i18n._("The result appears here when the provider runs the acceptance test.")}
        </EmptyState>
      )}
      {result && (
        <>
          <Verdict contract={contract} result={result} />
          <EvaluationTable result={result} />
          <ContractErrors result={result} />
        </>
      )}
      {contract.evaluations.length > 0 && (
        <Table.ScrollContainer minWidth={640} mt="md">
          <Table captionSide="top">
            <Table.Caption ta="start">{i18n._("Evaluation history")}</Table.Caption>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{i18n._("Time")}</Table.Th>
                <Table.Th scope="col">{i18n._("Model")}</Table.Th>
                <Table.Th scope="col">{i18n._("Snapshot")}</Table.Th>
                <Table.Th scope="col">{i18n._("Correct")}</Table.Th>
                <Table.Th scope="col">{i18n._("Verdict")}</Table.Th>
                <Table.Th scope="col">{i18n._("Run by")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {contract.evaluations.map((row) => {
                const whole = (row.result as unknown as Partial<EvaluationResult>).parts?.[0];
                return (
                  <Table.Tr key={row.id}>
                    <Table.Td>{moment(row.evaluated_at ?? row.created_at, i18n.locale)}</Table.Td>
                    <Table.Td>
                      <Link to={`/versions/${row.model_version_id}`}>
                        {row.model} {row.version}
                      </Link>
                    </Table.Td>
                    <Table.Td className="num">{row.snapshot_version}</Table.Td>
                    <Table.Td className="num">
                      {whole
                        ? `${count(whole.correct, i18n.locale)} / ${count(whole.items, i18n.locale)}`
                        : "–"}
                    </Table.Td>
                    <Table.Td>
                      {row.verdict ? <ContractState state={row.verdict} /> : <JobLine job={row.job} />}
                    </Table.Td>
                    <Table.Td>{row.created_by}</Table.Td>
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}

/** Chooses a model and tests it, after a question that names what the test uses up. */
function AcceptanceTest({
  contract,
  onChanged,
}: {
  contract: Contract;
  onChanged: (made: Contract) => void;
}) {
  const { i18n } = useLingui();
  const [picked, setPicked] = useState<string | null>(null);
  const [isOpen, dialog] = useDisclosure(false);
  const models = useQuery({
    queryKey: ["versions", contract.project_id],
    queryFn: () =>
      unwrap(api.GET("/api/v1/model-versions/", { params: { query: { project_id: contract.project_id } } })),
  });
  const evaluate = useMutation({
    mutationFn: (versionId: number) =>
      unwrap(
        api.POST("/api/v1/contracts/{contract_id}/evaluations/", {
          params: { path: { contract_id: contract.id } },
          body: { model_version_id: versionId },
        }),
      ),
    onSuccess: (made) => {
      setPicked(null);
      toast(i18n, i18n._("Acceptance test started."));
      onChanged(made);
    },
  });
  if (models.error) return <ErrorAlert error={models.error} retry={() => void models.refetch()} />;
  const rows = models.data?.results ?? [];
  const chosen = rows.find((row) => String(row.id) === picked);
  if (models.data && rows.length === 0)
    return (
      <EmptyState
        title={i18n._("No registered model yet")}
        action={
          <Button component={Link} to={`/projects/${contract.project_id}/experiments`}>
            {i18n._("Train a model")}
          </Button>
        }
      >
        {i18n._("The acceptance test needs a model of this project.")}
      </EmptyState>
    );
  return (
    <>
      <Group align="flex-end" mb="sm" className="no-print">
        <Select
          label={i18n._("Model")}
          placeholder={i18n._("Select a model")}
          w={280}
          searchable
          data={rows.map((row) => ({ value: String(row.id), label: `${row.name} ${row.version}` }))}
          value={picked}
          onChange={setPicked}
        />
        <Button disabled={!chosen} loading={evaluate.isPending} onClick={dialog.open}>
          {i18n._("Run acceptance test")}
        </Button>
      </Group>
      {chosen && (
        <ConfirmDialog
          isOpen={isOpen}
          close={dialog.close}
          title={i18n._("Run the acceptance test on {model}?", { model: `${chosen.name} ${chosen.version}` })}
          consequence={submissionCost(i18n, contract, chosen.id)}
          confirm={i18n._("Run acceptance test")}
          isDestructive={false}
          onConfirm={() => evaluate.mutate(chosen.id)}
        />
      )}
      {evaluate.error && <ErrorAlert error={evaluate.error} />}
    </>
  );
}
