import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createPageRouter } from './app/router.tsx';
import { liveUrl } from './lib/live/keep-live.ts';
import { liveNames } from './lib/live/receive.ts';
import { createQueryClient } from './lib/queries.ts';
import { applyTheme } from './lib/theme.ts';
import { earlyStream } from './platform/early-stream.ts';
import './ui/theme.css';

applyTheme();
// The server reads the pools while we ask who we are: whoever is not signed in is refused both. Off the gates, where nobody takes it over.
if (!/^\/(sign-in|join)\/?$/.test(location.pathname)) earlyStream.begin(liveUrl, liveNames);
const queries = createQueryClient();
const router = createPageRouter(queries);
const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no place for the page');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
