"""Both meanings put to the same networks: verdicts, single probes, whole regions."""
