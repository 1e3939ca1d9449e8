"""What computes: requests of all clients gathered into batches, computed by a few threads.

Door: ``open_pool()`` in pool_factory.py, which returns a ``Pool`` (../pool.py).
Flow: scheduler.py takes requests (requests.py), if admission.py lets them in; workers.py wakes a
thread; next_batch.py chooses texts; batch_compute.py tokenises and computes them on a backend
(backends.py), which model_loader.py opened; threads.py says with how many cores.
May import: ../pool.py and inference; nothing of ``http/``.
Not covered: HTTP.
"""
