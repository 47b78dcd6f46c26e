import { useLingui } from "@lingui/react";
import { Button, Modal, NumberInput, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Link, useNavigate } from "react-router";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMay } from "../../shared/api/session";
import { DialogButtons } from "../../shared/ui/dialog-buttons";
import { EmptyState, ErrorAlert } from "../../shared/ui/feedback";
import { type Column, DataTable } from "../../shared/ui/list/data-table";
import { useListState } from "../../shared/ui/list/list-state";
import { useList } from "../../shared/ui/list/use-list";
import { count, moment } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";

/** Areas whose demand is forecast. */
export function ServiceAreasPage() {
  const { i18n } = useLingui();
  const mayRun = useMay("runs.write");
  const [isCreating, creating] = useDisclosure(false);
  const state = useListState();
  const list = useList(["service-areas", state.query], (cursor) =>
    unwrap(api.GET("/api/v1/demand/areas/", { params: { query: { ...state.query, ...cursor } } })),
  );
  const columns: Column<Schemas["ServiceAreaOut"]>[] = [
    {
      id: "name",
      header: i18n._("Area"),
      isRowHeader: true,
      cell: (row) => <Link to={`/applications/demand/${row.id}`}>{row.name}</Link>,
    },
    {
      id: "events",
      header: i18n._("Events"),
      isNumeric: true,
      cell: (row) => count(row.event_count, i18n.locale),
    },
    {
      id: "latest",
      header: i18n._("Latest event"),
      cell: (row) => (row.last_event_at ? moment(row.last_event_at, i18n.locale) : "–"),
    },
    {
      id: "cells",
      header: i18n._("Cells"),
      isNumeric: true,
      cell: (row) => count(row.cell_count, i18n.locale),
    },
    {
      id: "size",
      header: i18n._("Cell size"),
      isNumeric: true,
      cell: (row) => i18n._("{meters} m", { meters: count(row.cell_size_m, i18n.locale) }),
    },
  ];
  const create = mayRun && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={creating.open}>
      {i18n._("New area")}
    </Button>
  );
  return (
    <Page title={i18n._("Demand forecasting")} actions={create}>
      <DataTable
        toolbar={{ searchLabel: i18n._("Search areas") }}
        id="demand-areas"
        name={i18n._("Demand forecasting")}
        list={list}
        state={state}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => row.name}
        empty={
          state.isFiltered ? (
            <EmptyState title={i18n._("No area matches.")} />
          ) : (
            <EmptyState title={i18n._("No areas yet")} action={create}>
              {i18n._("Create an area and upload events with time and place to forecast the next half hour.")}
            </EmptyState>
          )
        }
      />
      <Modal opened={isCreating} onClose={creating.close} title={i18n._("New area")}>
        <NewArea close={creating.close} />
      </Modal>
    </Page>
  );
}

function NewArea({ close }: { close: () => void }) {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: (body: Schemas["ServiceAreaIn"]) => unwrap(api.POST("/api/v1/demand/areas/", { body })),
    onSuccess: async (area) => {
      await queries.invalidateQueries({ queryKey: ["service-areas"] });
      navigate(`/applications/demand/${area.id}`);
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    make.mutate({
      name: String(form.get("name")).trim(),
      cell_size_m: Number(form.get("meters")),
      bin_minutes: 30,
      min_events_per_cell: Number(form.get("least")),
      max_cells: 200,
    });
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        <TextInput name="name" label={i18n._("Name")} required maxLength={120} data-autofocus />
        <NumberInput
          name="meters"
          label={i18n._("Cell size (m)")}
          min={50}
          max={100_000}
          defaultValue={500}
          required
        />
        <NumberInput
          name="least"
          label={i18n._("Minimum events per cell")}
          description={i18n._("Cells with fewer events are excluded.")}
          min={1}
          defaultValue={100}
          required
        />
        {make.error && <ErrorAlert error={make.error} />}
        <DialogButtons close={close} isPending={make.isPending}>
          {i18n._("Create area")}
        </DialogButtons>
      </Stack>
    </form>
  );
}
