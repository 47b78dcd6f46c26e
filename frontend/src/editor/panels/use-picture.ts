import { useEffect, useState } from "react";
import { picture, type Shown } from "./pictures";

interface Item {
  image: string;
  width: number | null;
  height: number | null;
}

/** The decoded picture of an item; the one before stays until it is there. */
export function usePicture(item: Item | null): { shown: Shown | null; broken: boolean } {
  const [state, setState] = useState<{ shown: Shown | null; broken: boolean }>({
    shown: null,
    broken: false,
  });
  const { image, width, height } = item ?? { image: "", width: null, height: null };
  useEffect(() => {
    if (!image) return setState({ shown: null, broken: false });
    let gone = false;
    picture(image, width && height ? { width, height } : null).then(
      (shown) => !gone && setState({ shown, broken: false }),
      () => !gone && setState({ shown: null, broken: true }),
    );
    return () => {
      gone = true;
    };
  }, [image, width, height]);
  return state;
}
