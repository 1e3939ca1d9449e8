"""Files whose tests take longest, the longest first, so that no worker is left with one at the end.

Workers take whole files in turn (``--dist loadfile``). The order is that of seconds in the run of
all tests on two cores, from 15 on: ``make test-all PYTEST_ADDOPTS=--durations=0``.
"""

LONGEST = (
    "test_notebook.py",
    "test_shell_page.py",
    "benchmarks/test_inference.py",
    "exports/int8/test_int8_search.py",
    "test_examples.py",
    "adaptation/test_adapt.py",
    "test_docs.py",
    "insights/test_sample_report.py",
    "monitoring/test_monitor_kills.py",
    "exports/test_onnx_model.py",
    "exports/test_openvino_model.py",
    "model/test_architectures.py",
    "training/test_resume.py",
    "benchmarks/test_serving.py",
    "serving/queue/test_scheduler.py",
    "inference/test_shared_encoder.py",
    "ui/test_pages.py",
    "model/test_padding.py",
    "exports/test_merged.py",
    "model/test_plain_libraries.py",
    "training/preference/test_pair_data.py",
    "benchmarks/training/test_training.py",
    "benchmarks/test_preference.py",
    "benchmarks/test_general.py",
    "inference/engines/test_engine.py",
    "cli/commands/test_predict_command.py",
    "model/test_adapters_of_peft.py",
    "model/test_warm_start.py",
    "model/quick/test_quick_blocks.py",
    "test_estimator.py",
    "test_message.py",
)
