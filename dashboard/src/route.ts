import { isJobId, isKindName, isQueueName, jobStates } from './generated/types';
import type { JobId, JobState, KindName, QueueName } from './generated/types';

/** What a list of jobs is narrowed to. */
export interface Facets {
  readonly states: readonly JobState[];
  readonly queue: QueueName | null;
  readonly kind: KindName | null;
}

/** What the address bar says is shown: the whole state of a screen, so that every view can be shared. */
export type Route =
  | { readonly screen: 'overview' }
  | { readonly screen: 'queues' }
  | ({ readonly screen: 'jobs'; readonly cursor: string | null } & Facets)
  | { readonly screen: 'job'; readonly id: JobId }
  | { readonly screen: 'nowhere'; readonly path: string };

export const NO_FACETS: Facets = { states: [], queue: null, kind: null };

/** Reads what is behind the # of an address. What makes no sense in a filter is passed over. */
export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.length === 0) {
    return { screen: 'overview' };
  }
  if (parts.length === 1 && parts[0] === 'queues') {
    return { screen: 'queues' };
  }
  if (parts.length === 1 && parts[0] === 'jobs') {
    return jobs(new URLSearchParams(query));
  }
  if (parts.length === 2 && parts[0] === 'jobs' && isJobId(parts[1]!)) {
    return { screen: 'job', id: parts[1] };
  }
  return { screen: 'nowhere', path: '/' + path };
}

function jobs(query: URLSearchParams): Route {
  const words = query.get('state')?.split(',') ?? [];
  const queue = query.get('queue') ?? '';
  const kind = query.get('kind') ?? '';
  return {
    screen: 'jobs',
    states: jobStates.filter((state) => words.includes(state)),
    queue: isQueueName(queue) ? queue : null,
    kind: isKindName(kind) ? kind : null,
    cursor: query.get('cursor') || null,
  };
}

/** The address of a route, as a link has it. */
export function href(route: Route): string {
  switch (route.screen) {
    case 'overview':
      return '#/';
    case 'queues':
      return '#/queues';
    case 'jobs':
      return jobsHref(route, route.cursor);
    case 'job':
      return `#/jobs/${route.id}`;
    case 'nowhere':
      return '#' + route.path;
  }
}

/** The address of a list of jobs. */
export function jobsHref(facets: Partial<Facets>, cursor: string | null = null): string {
  const query = new URLSearchParams();
  if (facets.states?.length) {
    query.set('state', facets.states.join(','));
  }
  if (facets.queue) {
    query.set('queue', facets.queue);
  }
  if (facets.kind) {
    query.set('kind', facets.kind);
  }
  if (cursor) {
    query.set('cursor', cursor);
  }
  // Commas are allowed in a fragment, and an address is read by people too.
  const text = query.toString().replaceAll('%2C', ',');
  return text === '' ? '#/jobs' : `#/jobs?${text}`;
}

/** The title of the browser's tab. */
export function title(route: Route): string {
  switch (route.screen) {
    case 'overview':
      return 'Overview · Leat';
    case 'queues':
      return 'Queues · Leat';
    case 'jobs':
      return [...route.states, route.queue, route.kind, 'jobs'].filter(Boolean).join(' ') + ' · Leat';
    case 'job':
      return `${route.id} · Leat`;
    case 'nowhere':
      return 'Nothing here · Leat';
  }
}
