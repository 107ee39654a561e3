import assert from 'node:assert/strict';
import { fromDollars } from '../../src/chat/money.ts';
import { folderOf, remoteOf, type ProjectSettings } from '../../src/keys/project.ts';
import { Projects } from '../../src/keys/projects.ts';
import type { JournalRecord } from '../../src/ledger/records.ts';
import { fakeClock } from '../support/fake-clock.ts';

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function projectsNow() {
  const clock = fakeClock();
  const projects = new Projects(clock);
  const apply = (record: JournalRecord): void => projects.apply(throughJson(record));
  return {
    clock,
    projects,
    apply,
    create: (settings: ProjectSettings, id: string) => apply(projects.created(settings, id)),
  };
}
const refuses = (run: () => unknown, kind: string, param: string): void =>
  assert.throws(
    run,
    (error: { kind?: string; details?: { param?: string } }) => error.kind === kind && error.details?.param === param,
  );

describe('projects', () => {
  it('are there once their record is applied, with an id of their own or a chosen one', () => {
    const { projects, apply } = projectsNow();
    const record = projects.created({ alias: 'Harbour' });
    assert.equal(projects.get(record.id), undefined);
    apply(record);
    assert.match(record.id, /^[0-9a-f-]{36}$/);
    assert.equal(projects.get(record.id)?.alias, 'Harbour');
    apply(projects.created({}, 'quay'));
    refuses(() => projects.created({}, 'quay'), 'invalid-request', 'team_id');
    assert.deepEqual(
      projects.list().map(({ id }) => id),
      [record.id, 'quay'],
    );
  });

  it('are changed in what is said, and cleared by null', () => {
    const { projects, apply, create } = projectsNow();
    create({ maxBudget: fromDollars(5), budgetDuration: '1d', rpm: 3, folders: ['/home/dev/harbour'] }, 'p');
    apply(projects.changed('p', { rpm: 4, maxBudget: null }));
    const { maxBudget, budgetDuration, rpm, folders } = projects.known('p');
    assert.deepEqual([maxBudget, budgetDuration, rpm, folders], [null, '1d', 4, ['/home/dev/harbour']]);
    apply(projects.deleted('p'));
    assert.equal(projects.get('p'), undefined);
    refuses(() => projects.changed('p', {}), 'not-found', 'team_id');
    refuses(() => projects.deleted('p'), 'not-found', 'team_id');
  });

  it('own the work in their folders and below, the nearest folder first', () => {
    const { projects, create } = projectsNow();
    create({ folders: ['/home/dev/harbour/', 'C:\\Work\\Harbour'] }, 'harbour');
    create({ folders: ['/home/dev/harbour/crane'] }, 'crane');
    const at = (folder: string) => projects.at({ folder })?.id;
    assert.equal(at('/home/dev/harbour'), 'harbour');
    assert.equal(at('/home/dev/harbour/src/deep'), 'harbour');
    assert.equal(at('/home/dev/harbour/crane/arm/'), 'crane');
    assert.equal(at('/home/dev/harbour-two'), undefined);
    assert.equal(at('/home/dev'), undefined);
    assert.equal(at('c:/work/harbour/src'), 'harbour');
  });

  it('own their git remotes, however git writes them', () => {
    const { projects, create } = projectsNow();
    create({ remotes: ['git@git.test:dev/harbour.git'] }, 'harbour');
    for (const url of [
      'https://git.test/dev/harbour',
      'https://token@git.test/dev/harbour.git',
      'ssh://git@git.test:22/dev/Harbour/',
    ])
      assert.equal(projects.at({ remotes: ['https://git.test/other', url] })?.id, 'harbour', url);
    assert.equal(projects.at({ remotes: ['https://git.test/dev/harbour2'] }), undefined);
  });

  it('go by id and alias, and a place comes before a name', () => {
    const { projects, create } = projectsNow();
    create({ alias: 'quay' }, 'q');
    create({ folders: ['/elsewhere/quay'] }, 'other');
    assert.equal(projects.at({ name: 'quay' })?.id, 'q');
    assert.equal(projects.at({ name: 'q' })?.id, 'q');
    assert.equal(projects.at({ name: 'quay', folder: '/elsewhere/quay' })?.id, 'other');
    assert.equal(projects.at({ name: 'quay', folder: '/home/dev/quay' })?.id, 'q');
    assert.equal(projects.at({ name: 'constructor' }), undefined);
  });

  it('share neither alias nor folder nor remote, and name the field that is at fault', () => {
    const { projects, create } = projectsNow();
    create({ alias: 'quay', folders: ['/home/dev/quay'], remotes: ['https://git.test/quay'] }, 'q');
    refuses(() => projects.created({ alias: 'quay' }), 'invalid-request', 'team_alias');
    refuses(() => projects.created({ folders: ['/home/dev/quay/'] }), 'invalid-request', 'folders');
    refuses(() => projects.created({ remotes: ['git@git.test:quay.git'] }), 'invalid-request', 'git_remotes');
    refuses(() => projects.created({ folders: ['quay'] }), 'invalid-request', 'folders');
    refuses(() => projects.created({ alias: ' ' }), 'invalid-request', 'team_alias');
    refuses(() => projects.created({ budgetDuration: 'soon' }), 'invalid-request', 'budget_duration');
    assert.ok(projects.changed('q', { folders: ['/home/dev/quay'] }));
  });

  it('come back whole from a snapshot, and a damaged one is no project without limits', () => {
    const { projects, create, clock } = projectsNow();
    create(
      { alias: 'quay', budgetLimits: [{ max: fromDollars(1), duration: '1d' }], folders: ['/home/dev/quay'] },
      'q',
    );
    const restored = new Projects(clock);
    restored.restore(throughJson(projects.snapshot()));
    assert.deepEqual(restored.list(), projects.list());
    assert.equal(restored.at({ folder: '/home/dev/quay/src' })?.id, 'q');
    const [kept] = throughJson(projects.snapshot()) as Record<string, string>[];
    for (const damage of [
      { id: '' },
      { budgetLimits: 'none' },
      { budgetLimits: [{ duration: '1d' }] },
      { maxBudget: '5' },
    ])
      assert.throws(() => restored.restore([{ ...kept, ...damage }]), JSON.stringify(damage));
    assert.deepEqual(restored.list(), projects.list());
  });

  it('know folders and remotes in one form', () => {
    assert.equal(folderOf('D:\\Work\\'), 'd:/work');
    assert.equal(folderOf('/Home//'), '/Home');
    assert.equal(remoteOf('git@git.test:a/b.git'), 'git.test/a/b');
    assert.equal(remoteOf('https://git.test:8443/a/b'), 'git.test/a/b');
  });
});
