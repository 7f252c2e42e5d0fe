/** The agent's version; a test holds it equal to package.json. Not read from there, since a bundled agent has none. */
export const agentVersion = '0.1.0';
