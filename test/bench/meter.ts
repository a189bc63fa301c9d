// Loaded before the program of a measured process (`node --import`): says over IPC what the process has used, and ends it with its parent.

process.on('message', (asked) => {
  if (asked !== 'usage') return;
  const { user, system } = process.cpuUsage();
  process.send?.({ is: 'usage', cpuMs: (user + system) / 1000, rssMb: process.memoryUsage.rss() / 1e6 });
});
process.on('disconnect', () => process.exit(0));
// The channel alone keeps nobody running: a gateway must end by itself when it is told to.
process.channel?.unref();
