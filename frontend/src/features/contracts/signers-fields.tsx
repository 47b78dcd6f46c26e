import { useLingui } from "@lingui/react";
import { MultiSelect, SimpleGrid, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { useMe } from "../../shared/api/session";
import { ErrorAlert } from "../../shared/ui/feedback";

export interface Signers {
  customer_ids: number[];
  maker_ids: number[];
}

/** Who may sign for each party. Where nobody is chosen yet, it proposes the caller, and the only customer. */
export function SignersFields({
  projectId,
  value,
  onChange,
}: {
  projectId: number;
  value: Signers;
  onChange: (value: Signers) => void;
}) {
  const { i18n } = useLingui();
  const me = useMe();
  const eligible = useQuery({
    queryKey: ["contract-signers", projectId],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/contract-signers/", {
          params: { path: { project_id: projectId } },
        }),
      ),
  });
  const { data } = eligible;
  const isEmpty = value.customer_ids.length + value.maker_ids.length === 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: proposed once, when it is known who can be named
  useEffect(() => {
    if (!data || !isEmpty) return;
    onChange({
      customer_ids: data.customers.length === 1 ? data.customers.map((row) => row.user_id) : [],
      maker_ids: data.makers.filter((row) => row.user_id === me.user_id).map((row) => row.user_id),
    });
  }, [data]);
  if (eligible.error) {
    return <ErrorAlert error={eligible.error} retry={() => void eligible.refetch()} />;
  }
  if (!data) return <Skeleton height={80} />;
  const options = (rows: Schemas["SignerOut"][]) =>
    rows.map((row) => ({ value: String(row.user_id), label: row.name }));
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <MultiSelect
        label={i18n._("Signs for the customer")}
        description={
          data.customers.length === 0
            ? i18n._("No member of the project has the customer role yet.")
            : i18n._("One of them signs. Nobody else can.")
        }
        required
        searchable
        maxValues={20}
        data={options(data.customers)}
        value={value.customer_ids.map(String)}
        onChange={(ids) => onChange({ ...value, customer_ids: ids.map(Number) })}
      />
      <MultiSelect
        label={i18n._("Signs for the provider")}
        description={i18n._("One of them signs. Nobody else can.")}
        required
        searchable
        maxValues={20}
        data={options(data.makers)}
        value={value.maker_ids.map(String)}
        onChange={(ids) => onChange({ ...value, maker_ids: ids.map(Number) })}
      />
    </SimpleGrid>
  );
}
