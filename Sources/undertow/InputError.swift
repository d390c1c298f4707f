struct InputError: Error { init(file: String, place: String="", found: String, allowed: String) {} }
