import { useLingui } from "@lingui/react";
import { Button, Text } from "@mantine/core";
import { IconFileCertificate, IconPlus } from "@tabler/icons-react";
import { Link } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay, useMe } from "../../shared/api/session";
import { contractClaim, contractSentence, partyOf } from "../../shared/ui/contract-sentence";
import { ContractState } from "../../shared/ui/contract-state";
import { EmptyState } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { useList } from "../../shared/ui/list/use-list";
import { count, moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";

type Contract = Schemas["ContractOut"];

/** Every contract, and for each whom it waits for. */
export function ContractsPage() {
  const { i18n } = useLingui();
  const me = useMe();
  const mayCreate = useMay("contracts.write");
  const state = useListState(["state"]);
  const list = useList<Contract>(
    ["contracts", state.query],
    (cursor) => unwrap(api.GET("/api/v1/contracts/", { params: { query: { ...state.query, ...cursor } } })),
    { refetchInterval: 15_000 },
  );
  const party = partyOf(me);
  const columns: Column<Contract>[] = [
    {
      id: "title",
      header: i18n._("Contract"),
      ordering: "title",
      isRowHeader: true,
      cell: (row) => <Link to={`/contracts/${row.id}`}>{row.title}</Link>,
    },
    {
      id: "state",
      header: i18n._("State"),
      cell: (row) => <ContractState state={row.state} />,
    },
    {
      id: "next",
      header: i18n._("Next step"),
      cell: (row) => {
        const { text, tone } = contractSentence(i18n, row, party);
        return (
          <Text size="sm" fw={tone === "act" ? 650 : undefined}>
            {text}
          </Text>
        );
      },
    },
    {
      id: "project",
      header: i18n._("Project"),
      cell: (row) => <Link to={`/projects/${row.project_id}`}>{row.project}</Link>,
    },
    { id: "claim", header: i18n._("Acceptance criterion"), cell: (row) => contractClaim(i18n, row) },
    {
      id: "evaluations",
      header: i18n._("Evaluations"),
      isNumeric: true,
      cell: (row) => count(row.evaluations.length, i18n.locale),
    },
    {
      id: "created_at",
      header: i18n._("Created"),
      ordering: "created_at",
      cell: (row) => moment(row.created_at, i18n.locale),
    },
  ];
  const create = mayCreate ? (
    <Button component={Link} to="/contracts/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {i18n._("New acceptance contract")}
    </Button>
  ) : undefined;
  return (
    <Page
      title={i18n._("Contracts")}
      lead={i18n._("Agree on an accuracy before a model is tested; the verdict has a stated risk.")}
      actions={create}
    >
      <DataTable
        toolbar={{
          views: { list: "contracts" },
          searchLabel: i18n._("Search contracts"),
          filters: [
            {
              name: "state",
              label: i18n._("State"),
              options: [
                ["draft", i18n._("Draft")],
                ["signed", i18n._("In force")],
                ["passed", i18n._("Passed")],
                ["failed", i18n._("Not passed")],
                ["withdrawn", i18n._("Withdrawn")],
              ],
            },
          ],
        }}
        id="contracts"
        name={i18n._("Contracts")}
        list={list}
        state={state}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => row.title}
        noMatch={i18n._("No matching contract.")}
        empty={
          <EmptyState title={i18n._("No contracts yet.")} Icon={IconFileCertificate} action={create}>
            {i18n._(
              "A contract states the accuracy that a model must show, how sure the test must be, and how many models may be submitted. Both sides sign before the first test.",
            )}
          </EmptyState>
        }
      />
    </Page>
  );
}
