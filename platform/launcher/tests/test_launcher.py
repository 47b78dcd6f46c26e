import os
import platform
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import kombu
import pytest

from launcher import embedded
from launcher.layout import ROOT, InstallationLayout
from launcher.supervisor import Service, Supervisor, accepts_on_socket, read_procfile
from launcher.up import start_databases


def test_the_standard_librarys_platform_is_not_shadowed():
    assert platform.python_version()
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_a_procfile_line_without_a_command_is_named(tmp_path):
    (tmp_path / "Procfile").write_text("web: serve $PORT\n\nbroken\n")
    with pytest.raises(ValueError, match="Procfile:3"):
        read_procfile(tmp_path / "Procfile", {})


def test_commands_take_their_variables_from_the_environment(tmp_path):
    (tmp_path / "Procfile").write_text("# note\nweb: serve --port $PORT\n")
    assert read_procfile(tmp_path / "Procfile", {"PORT": "81"})[0].command == ["serve", "--port", "81"]


def test_the_secret_key_is_made_once_and_read_by_its_owner_alone(tmp_path):
    layout = InstallationLayout(home=tmp_path)
    assert layout.secret_key() == layout.secret_key()
    assert len(layout.secret_key()) > 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_a_service_that_falls_is_started_again_and_stop_leaves_nothing(tmp_path):
    supervisor = Supervisor(env={}, log_folder=tmp_path)
    service = Service("sleep", [sys.executable, "-c", "import time; time.sleep(60)"])
    supervisor.start(service)
    first = service.process
    first.kill()
    first.wait()
    supervisor._restart_if_down(service)
    assert service.process.pid != first.pid
    assert service.process.poll() is None
    supervisor.stop()
    assert service.process.poll() is not None


def test_a_service_that_ends_at_once_is_named_with_its_log(tmp_path):
    supervisor = Supervisor(env={}, log_folder=tmp_path)
    with pytest.raises(RuntimeError, match=r"bad ended at once; see .*bad\.log"):
        supervisor.start(Service("bad", [sys.executable, "-c", "raise SystemExit(1)"], is_ready=lambda: False))


def test_the_broker_keeps_its_queue_over_kill_9(tmp_path):
    import redis

    supervisor = Supervisor(env={}, log_folder=tmp_path / "log")
    path = tmp_path / "r.sock"
    command = embedded.valkey_command(tmp_path, path, password="a-password")
    service = Service("redis", command, is_ready=accepts_on_socket(path))
    supervisor.start(service)
    client = redis.Redis(unix_socket_path=str(path), password="a-password")
    for number in range(200):
        client.rpush("celery", number)
    time.sleep(1.2)  # appendfsync everysec
    service.process.send_signal(signal.SIGKILL)
    service.process.wait()
    supervisor._spawn(service)
    deadline = time.monotonic() + 10
    while not accepts_on_socket(path)() and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        assert redis.Redis(unix_socket_path=str(path), password="a-password").llen("celery") == 200
    finally:
        supervisor.stop()


def test_the_broker_refuses_whoever_has_no_password_and_no_command_line_shows_it(tmp_path, monkeypatch):
    """By the very function that `make up` starts it with."""
    import redis

    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/plateau")
    layout = InstallationLayout(home=tmp_path)
    env = layout.environment(host="127.0.0.1", port=8000)
    supervisor = Supervisor(env=env, log_folder=tmp_path / "log")
    start_databases(supervisor, layout)
    try:
        for wrong in (None, "wrong"):
            with pytest.raises(redis.AuthenticationError):
                redis.Redis(unix_socket_path=str(layout.redis_socket), password=wrong).ping()
        assert redis.Redis.from_url(env["REDIS_URL"]).ping()
        broker = env["REDIS_URL"].replace("unix://", "redis+socket://")
        with kombu.Connection(broker) as connection:
            connection.ensure_connection(max_retries=1)
        password = layout.redis_password()
        (service,) = supervisor.services
        command = Path(f"/proc/{service.process.pid}/cmdline").read_bytes().decode()
        assert "valkey" in command
        assert password not in command
        for path in tmp_path.rglob("*"):
            if path.is_file() and password in path.read_text(errors="replace"):
                assert path.stat().st_mode & 0o077 == 0, path
    finally:
        supervisor.stop()
    assert layout.redis_password() == password == InstallationLayout(home=tmp_path).redis_password()
    assert password not in (tmp_path / "log" / "redis.log").read_text()


def test_bootstrap_needs_nothing_but_the_standard_library():
    script = Path(ROOT / "platform" / "launcher" / "bootstrap.py")
    done = subprocess.run([sys.executable, "-S", "-I", str(script), "--help"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_celery_processes_are_forks_that_start_again_and_stop(tmp_path):
    """Of one process that imported the application: none has a copy of its own."""
    (tmp_path / "application.py").write_text(
        "import sys, time\n"
        "class Loader:\n"
        "    def import_default_modules(self): print('imported', flush=True)\n"
        "class Application:\n"
        "    loader = Loader()\n"
        "    def finalize(self): pass\n"
        "    def start(self, arguments): print(*arguments, flush=True); time.sleep(60)\n"
        "app = Application()\n"
    )
    script = tmp_path / "run.py"
    script.write_text(
        textwrap.dedent("""\
        import os, time
        from pathlib import Path
        from launcher.supervisor import Service, Supervisor

        def main():
            supervisor = Supervisor(env=dict(os.environ), log_folder=Path(__file__).parent / "log")
            services = [Service(name, ["celery", "-A", "application:app", name]) for name in ("worker", "beat")]
            for service in services:
                supervisor.start(service)
            parents = {Path(f"/proc/{service.process.pid}/stat").read_text().split()[3] for service in services}
            first = services[0].process
            time.sleep(1)
            first.send_signal(9)
            first.wait(5)
            supervisor._restart_if_down(services[0])
            time.sleep(1)
            alive = [service.process.poll() is None for service in services]
            pids = [service.process.pid for service in services]
            supervisor.stop()
            print(len(parents), first.returncode, alive, [Path(f"/proc/{pid}").exists() for pid in pids])

        if __name__ == "__main__":
            main()
        """)
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT / "platform")])}
    done = subprocess.run([sys.executable, script], env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines()[0] == "imported", done.stderr
    assert done.stdout.splitlines()[-1] == "1 -9 [True, True] [False, False]", done.stdout
    assert (tmp_path / "log" / "worker.log").read_text() == "worker\nworker\n"
    assert (tmp_path / "log" / "beat.log").read_text() == "beat\n"
