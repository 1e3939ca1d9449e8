"""Files to deploy, each with a report of how far it agrees with the run it came from.

Door: ``export()`` in export.py.
Flow: export_order.py is what was asked for; export_source.py finds the run; targets.py says what
there is and calls onnx_model.py, openvino_model.py, browser_page.py or the merged weights;
``int8/`` searches a smaller file; first_stage_fit.py fits a cascade on the data of
first_stage_data.py; parity.py compares answers, accuracy.py judges labelled texts, export_card.py
describes the folder, which is sealed last.
May import: training (a run's data, read again) and what lies below it.
Not covered: serving the files; formats for phones (Core ML, TFLite).
"""
