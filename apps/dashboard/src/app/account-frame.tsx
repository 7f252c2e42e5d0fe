import { Link, Outlet } from '@tanstack/react-router';

const pages = [
  { to: '/account', word: 'Your account' },
  { to: '/account/users', word: 'Users' },
  { to: '/account/tokens', word: 'API tokens' },
  { to: '/account/credentials', word: 'DNS credentials' },
  { to: '/account/about', word: 'About' },
] as const;

/** List left, page right. */
export function AccountFrame() {
  return (
    <div className="account">
      <nav className="account-nav" aria-label="Account pages">
        {pages.map(({ to, word }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: true, includeSearch: false }}
            activeProps={{ 'aria-current': 'page' }}
          >
            {word}
          </Link>
        ))}
      </nav>
      <div className="account-page">
        <Outlet />
      </div>
    </div>
  );
}
