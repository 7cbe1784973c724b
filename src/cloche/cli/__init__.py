"""The command line: decodes arguments, calls the sandbox, prints."""
