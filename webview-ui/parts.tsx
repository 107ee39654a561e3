import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { act, type Refusal } from './host.ts';
import { useHost } from './asking.ts';
import { t } from './l10n.ts';
import { remedyTitles } from './names.ts';

export type ButtonLook = 'primary' | 'secondary' | 'quiet' | 'danger';

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  readonly look?: ButtonLook;
  readonly label?: string;
  readonly title?: string;
  readonly disabled?: boolean;
}

export const Button = ({ children, onClick, look = 'secondary', label, title, disabled = false }: ButtonProps) => (
  <button type="button" class={`button ${look}`} aria-label={label} title={title} disabled={disabled} onClick={onClick}>
    {children}
  </button>
);

/** Says so for a moment. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button
      look="secondary"
      label={copied ? t('Copied') : label}
      onClick={() => void copy(text).then(() => setCopied(true))}
    >
      {copied ? t('Copied') : t('Copy')}
    </Button>
  );
}

/** Pages that came neither from this machine nor over https, and some frames, may not use the clipboard directly. */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copySelected(text);
  }
}

function copySelected(text: string): void {
  const area = Object.assign(document.createElement('textarea'), { value: text });
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- all that is left there
  document.execCommand('copy');
  area.remove();
}

interface SectionProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly note?: ComponentChildren;
}

export function Section({ title, children, actions, note }: SectionProps) {
  const id = useId();
  return (
    <section class="section" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {note !== undefined && <span class="quiet">{note}</span>}
        {actions !== undefined && <div class="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** A title, and how its column is set: `number optional`. */
type Column = string | readonly [title: string, look: string];

/** A table's first row; the column of actions has a title for those who hear it. */
export const Head = ({
  columns,
  actions = false,
}: {
  readonly columns: readonly Column[];
  readonly actions?: boolean;
}) => (
  <thead>
    <tr>
      {columns.map((column) => {
        const [title, look] = typeof column === 'string' ? [column] : column;
        return (
          <th key={title} scope="col" class={look}>
            {title}
          </th>
        );
      })}
      {actions && (
        <th scope="col">
          <span class="unseen">{t('Actions')}</span>
        </th>
      )}
    </tr>
  </thead>
);

interface EmptyProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

/** Nothing to show yet, and what to do next. */
export const Empty = ({ title, children }: EmptyProps) => (
  <div class="empty">
    <p class="empty-title">{title}</p>
    <div class="quiet">{children}</div>
  </div>
);

/** What went wrong, with the way out. */
export function Trouble({ refusal, again }: { readonly refusal: Refusal; readonly again?: () => void }) {
  const host = useHost();
  return (
    <div class="trouble" role="alert">
      <p>{refusal.message}</p>
      <div class="actions">
        {refusal.remedies.map(({ action, title }, index) => (
          <Button key={action} look={index === 0 ? 'primary' : 'secondary'} onClick={() => act(host, action)}>
            {remedyTitles[action] ?? title}
          </Button>
        ))}
        {again !== undefined && refusal.remedies.length === 0 && <Button onClick={again}>{t('Try Again')}</Button>}
      </div>
    </div>
  );
}

interface BarProps {
  /** Of one; more than one is full. */
  readonly share: number;
  readonly label: string;
  readonly tone?: 'plain' | 'budget';
  /** Set aside for calls under way. */
  readonly held?: number;
}

/** A budget changes its colour, and its words beside it say the same. */
export function Bar({ share, label, tone = 'plain', held = 0 }: BarProps) {
  const state = tone === 'plain' ? 'plain' : share >= 1 ? 'spent' : share >= 0.75 ? 'near' : 'well';
  const wide = (part: number) => ({ width: `${Math.min(100, Math.max(0, 100 * part))}%` });
  return (
    <div
      class={`bar ${state}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * Math.min(1, share))}
    >
      <div class="fill" style={wide(share)} />
      {held > 0 && <div class="held" style={wide(Math.min(held, 1 - share))} />}
    </div>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, title: string])[];
  readonly onChange: (value: T) => void;
  /** The label is for screen readers alone. */
  readonly hideLabel?: boolean;
}

export function Choice<T extends string>({ label, value, options, onChange, hideLabel = false }: ChoiceProps<T>) {
  const id = useId();
  return (
    <span class="choice">
      <label for={id} class={hideLabel ? 'unseen' : 'quiet'}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = options.find(([one]) => one === currentTarget.value);
          if (chosen !== undefined) onChange(chosen[0]);
        }}
      >
        {options.map(([one, title]) => (
          <option key={one} value={one} selected={one === value}>
            {title}
          </option>
        ))}
      </select>
    </span>
  );
}

/** A few exclusive choices side by side: the arrow keys go from one to the next, as with all radio buttons. */
export function Segments<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <div class="segments" role="radiogroup" aria-label={label}>
      {options.map(([one, title]) => (
        <label key={one} class={one === value ? 'chosen' : ''}>
          <input type="radio" name={name} value={one} checked={one === value} onChange={() => onChange(one)} />
          {title}
        </label>
      ))}
    </div>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly isSecret?: boolean;
  /** What is wrong with it. */
  readonly fault?: string | undefined;
  readonly autoFocus?: boolean;
}

const plain = { type: 'text' } as const;
const password = { type: 'password' } as const;

export function Field({
  label,
  value,
  onInput,
  hint,
  placeholder,
  isSecret = false,
  fault,
  autoFocus = false,
}: FieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  // Before anyone can type elsewhere. In a dialog, which is not open yet, the attribute does it.
  useLayoutEffect(() => {
    if (autoFocus) input.current?.focus();
  }, [autoFocus]);
  const told = fault ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        ref={input}
        autofocus={autoFocus}
        id={id}
        {...(isSecret ? password : plain)}
        value={value}
        placeholder={placeholder ?? ''}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={fault !== undefined}
        aria-describedby={told === undefined ? undefined : `${id}-told`}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      {told !== undefined && (
        <p id={`${id}-told`} class={fault === undefined ? 'quiet' : 'fault'}>
          {told}
        </p>
      )}
    </div>
  );
}

interface LinesProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly rows?: number;
  readonly placeholder?: string;
  readonly hint?: string;
  readonly fault?: string | undefined;
}

/** A field of several lines. */
export function Lines({ label, value, onInput, rows = 2, placeholder = '', hint, fault }: LinesProps) {
  const id = useId();
  const told = fault ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        rows={rows}
        spellcheck={false}
        value={value}
        placeholder={placeholder}
        aria-invalid={fault !== undefined}
        aria-describedby={told === undefined ? undefined : `${id}-told`}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      {told !== undefined && (
        <p id={`${id}-told`} class={fault === undefined ? 'quiet' : 'fault'}>
          {told}
        </p>
      )}
    </div>
  );
}

interface BadgeProps {
  readonly tone: 'good' | 'bad' | 'warn' | 'plain';
  readonly children: ComponentChildren;
  readonly title?: string;
}

export const Badge = ({ tone, children, title }: BadgeProps) => (
  <span class={`badge ${tone}`} title={title}>
    {children}
  </span>
);
