"""Pages of residents below /my/: home, own record, who asked, and the move to another municipality."""
