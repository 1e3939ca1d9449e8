"""What computes logits, and on which device.

Door: ``open_engine()`` in engine.py, which returns an ``Engine``.
``TorchEngine`` (engine.py) computes runs and merged exports; runtimes.py computes ONNX and OpenVINO
files without torch's operators; device.py picks device and number format, cpus.py counts the
CPUs that may be used.
Not covered: training, which only takes device and number format from here.
"""
