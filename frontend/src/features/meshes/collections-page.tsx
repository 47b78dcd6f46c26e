import { useLingui } from "@lingui/react";
import { Button, Modal, Stack, TextInput } from "@mantine/core";
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
import { count } from "../../shared/ui/numbers";
import { Page } from "../../shared/ui/parts";

/** Collections of 3D models, each of one sort of thing. */
export function CollectionsPage() {
  const { i18n } = useLingui();
  const mayRun = useMay("runs.write");
  const [isCreating, creating] = useDisclosure(false);
  const state = useListState();
  const list = useList(["mesh-collections", state.query], (cursor) =>
    unwrap(api.GET("/api/v1/mesh-collections/", { params: { query: { ...state.query, ...cursor } } })),
  );
  const columns: Column<Schemas["MeshCollectionOut"]>[] = [
    {
      id: "name",
      header: i18n._("Collection"),
      isRowHeader: true,
      cell: (row) => <Link to={`/applications/meshes/${row.id}`}>{row.name}</Link>,
    },
    {
      id: "models",
      header: i18n._("3D models"),
      isNumeric: true,
      cell: (row) => count(row.mesh_count, i18n.locale),
    },
    {
      id: "network",
      header: i18n._("Network"),
      cell: (row) => (row.is_trained ? `✓ ${i18n._("Trained")}` : i18n._("Not trained")),
    },
  ];
  const create = mayRun && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={creating.open}>
      {i18n._("New collection")}
    </Button>
  );
  return (
    <Page title={i18n._("3D reconstruction")} actions={create}>
      <DataTable
        toolbar={{ searchLabel: i18n._("Search collections") }}
        id="mesh-collections"
        name={i18n._("3D reconstruction")}
        list={list}
        state={state}
        columns={columns}
        rowId={(row) => String(row.id)}
        rowName={(row) => row.name}
        empty={
          state.isFiltered ? (
            <EmptyState title={i18n._("No collection matches.")} />
          ) : (
            <EmptyState title={i18n._("No collections yet")} action={create}>
              {i18n._(
                "Create a collection for one category, such as chairs, and upload 3D models of it. A network then learns to reconstruct a mesh from a single image.",
              )}
            </EmptyState>
          )
        }
      />
      <Modal opened={isCreating} onClose={creating.close} title={i18n._("New collection")}>
        <NewCollection close={creating.close} />
      </Modal>
    </Page>
  );
}

function NewCollection({ close }: { close: () => void }) {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: (name: string) => unwrap(api.POST("/api/v1/mesh-collections/", { body: { name } })),
    onSuccess: async (row) => {
      await queries.invalidateQueries({ queryKey: ["mesh-collections"] });
      navigate(`/applications/meshes/${row.id}`);
    },
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    make.mutate(String(new FormData(event.currentTarget).get("name")).trim());
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        <TextInput name="name" label={i18n._("Name")} required maxLength={120} data-autofocus />
        {make.error && <ErrorAlert error={make.error} />}
        <DialogButtons close={close} isPending={make.isPending}>
          {i18n._("Create collection")}
        </DialogButtons>
      </Stack>
    </form>
  );
}
