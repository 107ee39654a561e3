import { useId } from 'preact/hooks';
import { t } from './l10n.ts';

interface ModelFieldProps {
  readonly value: string;
  /** What is offered; any other name can be typed. */
  readonly names: readonly string[];
  readonly onInput: (name: string) => void;
  readonly fault: string | undefined;
}

export function ModelField({ value, names, onInput, fault }: ModelFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{t('Model')}</label>
      <input
        id={id}
        list={`${id}-names`}
        autofocus
        autocomplete="off"
        spellcheck={false}
        value={value}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : `${id}-told`}
        onInput={({ currentTarget }) => onInput(currentTarget.value.trim())}
      />
      <datalist id={`${id}-names`}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {fault !== undefined && (
        <p id={`${id}-told`} class="fault">
          {fault}
        </p>
      )}
    </div>
  );
}
