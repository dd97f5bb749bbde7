/**
 * The search path of programs that run by the clock. It is the same however the daemon was started: a service has a shorter
 * one than the terminal in which its owner tried the program.
 */
export const fixedPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
