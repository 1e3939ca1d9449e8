"""Pages of the web app, made with Streamlit: try, file, train, compare, model."""
