import { href, parse, title } from './route';
import type { Route } from './route';

/** What the address bar says, and the way to change it. */
class Address {
  route = $state.raw<Route>(parse(location.hash));

  constructor() {
    addEventListener('hashchange', () => {
      this.route = parse(location.hash);
      document.title = title(this.route);
    });
    document.title = title(this.route);
  }

  /** Goes somewhere, with a new entry in the browser's history. */
  go(route: Route): void {
    location.hash = href(route);
  }
}

export const address = new Address();
