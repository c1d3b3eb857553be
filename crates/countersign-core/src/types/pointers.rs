//! Ports behind pointers: a host that chooses an implementation while it runs hands over an
//! `Arc<dyn ..>` or a `Box<dyn ..>`, and tests share one that they look into later.

/// Implements a port for `Arc<T>` and `Box<T>` of whatever implements it. The methods are written
/// once, and ask `(**self)`. The compiler is to suggest neither to somebody who forgot a port.
/// Adapter crates use it for the ports that they define.
#[doc(hidden)]
#[macro_export]
macro_rules! behind_pointers {
    ($(#[$how:meta])* impl $port:ident { $($methods:tt)* }) => {
        $(#[$how])*
        #[diagnostic::do_not_recommend]
        impl<T: $port + ?Sized> $port for std::sync::Arc<T> {
            $($methods)*
        }

        $(#[$how])*
        #[diagnostic::do_not_recommend]
        impl<T: $port + ?Sized> $port for Box<T> {
            $($methods)*
        }
    };
}

pub(crate) use behind_pointers;
