import { useLingui } from "@lingui/react";
import { Button, type ButtonProps, Modal, Skeleton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { lazy, Suspense } from "react";
import type { Schemas } from "../../shared/api/client";

const TrainForm = lazy(async () => ({ default: (await import("./train-form")).TrainForm }));

/** Opens the form that starts a training; with a run to begin from, its values are filled in. */
export function TrainButton({
  project,
  from,
  children,
  ...button
}: {
  project: Pick<Schemas["ProjectDetail"], "id" | "kind">;
  from?: Schemas["RunOut"];
  children?: string;
} & ButtonProps) {
  const { i18n } = useLingui();
  const [isOpen, dialog] = useDisclosure(false);
  const title = children ?? i18n._("Train a model");
  return (
    <>
      <Button {...button} onClick={dialog.open}>
        {title}
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title={title} size="lg">
        <Suspense fallback={<Skeleton height={240} />}>
          <TrainForm project={project} from={from} close={dialog.close} />
        </Suspense>
      </Modal>
    </>
  );
}
