import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useSearchParams } from "react-router";

export interface Tab {
  key: string;
  title: string;
  /** May be a lazily loaded component. */
  content: () => ReactNode;
}

/** Parts of a page, one shown at a time; which one stands in the address as `tab`. */
export function AddressTabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  const [address, setAddress] = useSearchParams();
  const open = tabs.find(({ key }) => key === address.get("tab")) ?? tabs[0];
  return (
    <Tabs
      value={open?.key ?? null}
      keepMounted={false}
      onChange={(key) =>
        setAddress(key === null || key === tabs[0]?.key ? {} : { tab: key }, { preventScrollReset: true })
      }
    >
      <Tabs.List aria-label={label} mb="md">
        {tabs.map(({ key, title }) => (
          <Tabs.Tab key={key} value={key}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {open && <Tabs.Panel value={open.key}>{open.content()}</Tabs.Panel>}
    </Tabs>
  );
}
