"""Runs a program on a pseudo-terminal and acts when it has printed what a step waits for; prints what came of it."""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

LIMIT_S = 40


def set_size(terminal, rows, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))


with open(sys.argv[1], encoding='utf-8') as file:
    script = json.load(file)

master, slave = pty.openpty()
set_size(slave, script['rows'], script['columns'])
before = termios.tcgetattr(slave)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for number in (0, 1, 2):
        os.dup2(slave, number)
    os.execve(script['argv'][0], script['argv'], {**os.environ, 'TERM': 'xterm-256color', 'NO_COLOR': '1'})

output = b''
seen = 0
steps = script['steps']
status = None
started = time.monotonic()
while time.monotonic() - started < LIMIT_S:
    if select.select([master], [], [], 0.02)[0]:
        output += os.read(master, 65536)
        continue
    if status is None:
        ended, code = os.waitpid(pid, os.WNOHANG)
        if ended != 0:
            status = code
            continue
    else:
        break
    # Only what was printed since the last step counts, so that steps wait for each other.
    if steps and steps[0]['until'].encode() in output[seen:]:
        step = steps.pop(0)
        seen = len(output)
        if 'keys' in step:
            for piece in step['keys'].split('|'):
                os.write(master, piece.encode())
                time.sleep(0.01)
        elif 'size' in step:
            set_size(master, *step['size'])
        else:
            os.kill(pid, step['signal'])
if status is None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    sys.exit(f'not ended in time; steps left: {steps}; printed: {output[-2000:]!r}')
after = termios.tcgetattr(slave)
print(json.dumps({
    'output': output.decode('utf-8', 'replace'),
    'code': os.waitstatus_to_exitcode(status),
    'isRestored': before[:4] == after[:4],
}))
