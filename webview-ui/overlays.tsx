import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Doing } from './asking.ts';
import { t } from './l10n.ts';
import { Button, type ButtonLook } from './parts.tsx';

interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly onClose: () => void;
  readonly wide?: boolean;
}

/** The browser keeps the focus inside, closes it with Escape, and gives the focus back. */
export function Dialog({ title, children, onClose, wide = false }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const { current } = dialog;
    const before = document.activeElement;
    current?.showModal();
    return () => {
      current?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={wide ? 'wide' : ''}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

interface DialogEndProps {
  readonly action: string;
  readonly onAction: () => void;
  readonly onClose: () => void;
  readonly doing: Pick<Doing, 'busy' | 'refusal'>;
  readonly look?: ButtonLook;
  /** The way back, where that is not to give it all up. */
  readonly back?: string;
}

/** What went wrong, what is to be done, and the way back. */
export const DialogEnd = ({ action, onAction, onClose, doing, look = 'primary', back }: DialogEndProps) => (
  <>
    {doing.refusal !== undefined && (
      <p class="bad" role="alert">
        {doing.refusal.message}
      </p>
    )}
    <div class="dialog-actions">
      <Button look={look} disabled={doing.busy} onClick={onAction}>
        {action}
      </Button>
      <Button onClick={onClose}>{back ?? t('Cancel')}</Button>
    </div>
  </>
);

interface Item {
  readonly title: string;
  readonly onChoose: () => void;
  readonly danger?: boolean;
}

/** What else can be done with a row. */
export function Menu({ label, items }: { readonly label: string; readonly items: readonly Item[] }) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    opener.current?.focus();
  };
  useLayoutEffect(() => {
    if (!open) return undefined;
    place.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    const away = (event: Event): void => {
      if (event.target instanceof Node && !place.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', away);
    return () => document.removeEventListener('pointerdown', away);
  }, [open]);
  const step = (event: KeyboardEvent): void => {
    const all = [...(place.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = all.findIndex((one) => one === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') close();
    if (to === undefined) return;
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  };
  return (
    <div
      class="menu"
      ref={place}
      onFocusOut={({ relatedTarget }) =>
        relatedTarget instanceof Node && !place.current?.contains(relatedTarget) && setOpen(false)
      }
    >
      <button
        ref={opener}
        type="button"
        class="button quiet"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        onClick={() => setOpen(!open)}
      >
        ⋯
      </button>
      {open && (
        <div role="menu" aria-label={label} onKeyDown={step}>
          {items.map(({ title, onChoose, danger = false }) => (
            <button
              key={title}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class={danger ? 'danger' : ''}
              onClick={() => {
                close();
                onChoose();
              }}
            >
              {title}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
