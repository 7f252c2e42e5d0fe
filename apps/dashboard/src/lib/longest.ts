/** What the API takes of what somebody proves who they are with, in characters (contract, session.ts): what is longer cannot be right. */
export const longest = { email: 254, password: 1_000, recoveryCode: 40 } as const;
