"""The search for an int8 file that keeps an accuracy budget and is faster than float32.

Door: ``quantise()`` in int8_search.py.
Flow: int8_data.py is the texts to choose on; onnx_quantisers.py and openvino_quantisers.py list the
ways (int8_way.py), some of which leave out the layers that sensitivity.py finds; int8_search.py
writes, measures and races each; int8_result.py holds what came out, and the words of the refusal
when none is good enough.
Not covered: training with quantised weights.
"""
