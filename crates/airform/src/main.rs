//! The `airform` program. Everything is in the library, so that tests run the very same thing.

fn main() -> std::process::ExitCode {
    airform::main()
}
