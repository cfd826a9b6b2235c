/** What a key does on the screen that is shown, by the key's name. */
export type Keys = Readonly<Record<string, () => void>>;

const GO_TIME = 1_200;

const layers: Keys[] = [];
let goUntil = 0;

/** Gives keys a meaning until the returned function is called; a later meaning hides an earlier one. */
export function onKeys(keys: Keys): () => void {
  layers.push(keys);
  return () => {
    layers.splice(layers.indexOf(keys), 1);
  };
}

/** Does what a key means here, unless somebody writes into a field or holds a modifier. `g` and a letter are "g o". */
export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) {
    return;
  }
  let key = event.key;
  if (event.timeStamp < goUntil && key.length === 1) {
    key = `g ${key}`;
  }
  goUntil = 0;
  const meaning = layers.findLast((keys) => key in keys)?.[key];
  if (meaning) {
    event.preventDefault();
    meaning();
  } else if (key === 'g') {
    goUntil = event.timeStamp + GO_TIME;
  }
}

function writing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement ||
      (target instanceof HTMLInputElement && target.type !== 'checkbox'))
  );
}
