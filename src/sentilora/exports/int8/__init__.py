"""The search for an int8 file that keeps an accuracy budget and is faster than float32."""
